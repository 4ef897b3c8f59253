// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.metadata.MetadataCache;
import io.agnes.bigquery.metadata.MetadataRefresh;
import io.agnes.core.TableId;
import io.agnes.core.Time;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scheduler's refresh gives way to one that is at work, and ends with its thread. */
@Timeout(60)
class MetadataScheduleTest {
    private static final BigQueryTable ORDERS = new BigQueryTable("my-project", "crm", "orders");
    private static final TableId ID = new TableId("crm.orders");

    private final MetadataCache cache = MetadataCache.inMemory();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final MetadataRefresh refresh = new MetadataRefresh(
            table -> {
                calls.incrementAndGet();
                asked.countDown();
                answer.await();
                throw GoogleCloudException.tableInvalid("table " + table, "it is a view of a view");
            },
            cache,
            () -> List.of(new MetadataRefresh.Target(ID, ORDERS)),
            4,
            Time.system());

    @Test
    void aRefreshThatIsAtWorkStandsForThisOne() throws Exception {
        Thread first = Thread.ofVirtual().start(new MetadataSchedule(refresh));
        asked.await();
        new MetadataSchedule(refresh).run();
        assertEquals(1, calls.get());
        answer.countDown();
        first.join();
        assertTrue(cache.find(ID).orElseThrow().failure().isPresent());
        new MetadataSchedule(refresh).run();
        assertEquals(2, calls.get());
    }

    @Test
    void anInterruptEndsItAndStaysSet() throws Exception {
        boolean[] interrupted = new boolean[1];
        Thread scheduler = Thread.ofVirtual().start(() -> {
            new MetadataSchedule(refresh).run();
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        asked.await();
        scheduler.interrupt();
        scheduler.join();
        assertTrue(interrupted[0]);
        answer.countDown();
        assertInstanceOf(MetadataRefresh.Outcome.Done.class, refresh.all());
    }
}
