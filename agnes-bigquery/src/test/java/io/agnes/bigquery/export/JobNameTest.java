// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.core.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobNameTest {
    private static final TableId ORDERS = new TableId("in.c-crm.orders");

    @Test
    void theSameStateHasTheSameIds() {
        JobName one = JobName.of(ORDERS, List.of("bucket", "rev 1"));
        assertEquals(one, JobName.of(ORDERS, List.of("bucket", "rev 1")));
        assertEquals(
                one.attempt(3), JobName.of(ORDERS, List.of("bucket", "rev 1")).attempt(3));
        assertNotEquals(one.attempt(0), one.attempt(1));
    }

    @Test
    void anotherStateOrTableHasOthers() {
        JobName one = JobName.of(ORDERS, List.of("bucket", "rev 1"));
        assertNotEquals(one, JobName.of(ORDERS, List.of("bucket", "rev 2")));
        assertNotEquals(one, JobName.of(ORDERS, List.of("bucketrev 1")));
        assertNotEquals(one, JobName.of(new TableId("in.c.crm.orders"), List.of("bucket", "rev 1")));
    }

    @Test
    void bigQueryTakesTheLongestOne() {
        String id = JobName.of(new TableId("a.-_".repeat(32)), List.of("x".repeat(100_000)))
                .attempt(Materialization.ATTEMPTS);
        assertTrue(id.matches("[A-Za-z0-9_-]{1,1024}"), id);
        assertTrue(JobName.isId(id));
        assertTrue(JobName.isId(JobName.of(ORDERS, List.of()).unique()));
        assertFalse(JobName.isId("folder of another program"));
    }
}
