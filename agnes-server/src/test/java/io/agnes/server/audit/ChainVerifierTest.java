// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ChainVerifierTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07.890123Z");
    private static final int RECORDS = 6;

    private static List<AuditRecord> chain() {
        List<AuditRecord> records = new ArrayList<>();
        String previous = AuditRecord.NONE;
        for (int i = 1; i <= RECORDS; i++) {
            AuditRecord record = AuditRecord.of(i, "0a1b2c3d", event("table" + i), previous);
            records.add(record);
            previous = record.hash();
        }
        return records;
    }

    private static AuditEvent event(String object) {
        return new AuditEvent(
                AT, new Origin("ada", "0123", "192.0.2.7", "beef"), "granted", object, "refused", "forbidden", 3);
    }

    private static AuditHead head(List<AuditRecord> records) {
        return new AuditHead(records.getLast().sequence(), records.getLast().hash());
    }

    private static Optional<String> verify(List<AuditRecord> records, AuditHead head) {
        ChainVerifier verifier = new ChainVerifier(List.of(head));
        for (AuditRecord record : records) {
            Optional<String> wrong = verifier.next(record);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return verifier.end(head);
    }

    @Test
    void aWholeChainIsWhole() {
        assertEquals(Optional.empty(), verify(chain(), head(chain())));
        assertEquals(Optional.empty(), verify(List.of(), AuditHead.EMPTY));
    }

    @TestFactory
    Stream<DynamicTest> anyChangeOfOneFieldIsFoundAtItsRecord() {
        AuditRecord record = chain().get(2);
        AuditEvent event = record.event();
        Origin origin = event.origin();
        List<AuditEvent> changed = List.of(
                with(event, AT.plusNanos(1000), origin),
                with(event, AT, new Origin("eve", "0123", "192.0.2.7", "beef")),
                with(event, AT, new Origin("ada", "0124", "192.0.2.7", "beef")),
                with(event, AT, new Origin("ada", "0123", "192.0.2.8", "beef")),
                with(event, AT, new Origin("ada", "0123", "192.0.2.7", "bee")),
                with(event, AT, new Origin("ad", "a0123", "192.0.2.7", "beef")),
                new AuditEvent(AT, origin, "revoked", "table3", "refused", "forbidden", 3),
                new AuditEvent(AT, origin, "granted", "table4", "refused", "forbidden", 3),
                new AuditEvent(AT, origin, "granted", "table3", "ok", "forbidden", 3),
                new AuditEvent(AT, origin, "granted", "table3", "refused", "", 3),
                new AuditEvent(AT, origin, "granted", "table3", "refused", "forbidden", 1));
        Stream<AuditRecord> contents = changed.stream()
                .map(other -> new AuditRecord(3, record.process(), other, record.previous(), record.hash()));
        Stream<AuditRecord> others = Stream.of(
                new AuditRecord(4, record.process(), event, record.previous(), record.hash()),
                new AuditRecord(3, "0a1b2c3e", event, record.previous(), record.hash()),
                new AuditRecord(3, record.process(), event, AuditRecord.NONE, record.hash()),
                new AuditRecord(3, record.process(), event, record.previous(), AuditRecord.NONE));
        return Stream.concat(contents, others)
                .map(other -> DynamicTest.dynamicTest(other.toString(), () -> {
                    List<AuditRecord> records = chain();
                    records.set(2, other);
                    assertTrue(verify(records, head(chain())).orElseThrow().contains("record 3"));
                }));
    }

    private static AuditEvent with(AuditEvent event, Instant at, Origin origin) {
        return new AuditEvent(at, origin, event.action(), event.object(), event.result(), event.code(), event.count());
    }

    /** The forger knows how hashes are made, and has to make all that follow. */
    @Test
    void aChangeWithAHashOfItsOwnIsFoundAtTheNextRecord() {
        List<AuditRecord> records = chain();
        AuditRecord before = records.get(2);
        records.set(2, AuditRecord.of(3, before.process(), event("other"), before.previous()));
        assertTrue(verify(records, head(chain())).orElseThrow().contains("record 4"));
    }

    @Test
    void anyRemovalIsFound() {
        for (int i = 0; i < RECORDS; i++) {
            List<AuditRecord> records = chain();
            records.remove(i);
            assertNotEquals(Optional.empty(), verify(records, head(chain())), "record " + (i + 1));
        }
    }

    @Test
    void anyOtherOrderIsFound() {
        for (int i = 0; i < RECORDS; i++) {
            for (int other = i + 1; other < RECORDS; other++) {
                List<AuditRecord> records = chain();
                Collections.swap(records, i, other);
                assertNotEquals(Optional.empty(), verify(records, head(chain())), i + " and " + other);
            }
        }
    }

    @Test
    void aMissingEndIsFoundByTheHead() {
        for (int kept = 0; kept < RECORDS; kept++) {
            assertNotEquals(Optional.empty(), verify(chain().subList(0, kept), head(chain())), kept + " kept");
        }
    }

    /** This is why the head is to be kept elsewhere too. */
    @Test
    void aChainThatWasMadeAnewIsFoundByAHeadThatWasKeptElsewhere() {
        List<AuditRecord> records = new ArrayList<>(chain().subList(0, 2));
        records.add(
                AuditRecord.of(3, "0a1b2c3d", event("forged"), records.getLast().hash()));
        assertEquals(Optional.empty(), verify(records, head(records)));
        assertNotEquals(Optional.empty(), verify(records, head(chain())));
    }

    @Test
    void noTokenIsInARecord() {
        String token = "agn_" + "x".repeat(43);
        AuditEvent event = new AuditEvent(
                AT, new Origin(token, token, token, "\r\n" + token), token, "/a/" + token + "/b", token, token, 1);
        assertTrue(!event.toString().contains("xxx"), event.toString());
        assertEquals("??agn_***", event.origin().request());
        assertEquals("/a/agn_***/b", event.object());
    }
}
