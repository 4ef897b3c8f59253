// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import io.agnes.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One link of the chain.
 *
 * @param sequence from 1 on, without gaps
 * @param process names the process that wrote it; empty if an older program did
 * @param previous the hash of the record before; {@link #NONE} for the first
 * @param hash SHA-256 of all other fields in their canonical form
 */
public record AuditRecord(long sequence, String process, AuditEvent event, String previous, String hash) {
    /** Stands for the hash of a record before the first. */
    public static final String NONE = "0".repeat(64);

    /** The record of an event behind the record with that hash. */
    public static AuditRecord of(long sequence, String process, AuditEvent event, String previous) {
        return new AuditRecord(sequence, process, event, previous, digest(sequence, process, event, previous));
    }

    /** The hash that these fields have. */
    String computed() {
        return digest(sequence, process, event, previous);
    }

    /** The fields in their order, each with its length in bytes before it ({@code 5:hello,}), so that no two records are alike. */
    private static String digest(long sequence, String process, AuditEvent event, String previous) {
        Origin origin = event.origin();
        List<String> fields = List.of(
                previous,
                Long.toString(sequence),
                process,
                event.at().toString(),
                origin.actor(),
                origin.token(),
                origin.address(),
                origin.request(),
                event.action(),
                event.object(),
                event.result(),
                event.code(),
                Long.toString(event.count()));
        StringBuilder text = new StringBuilder();
        for (String field : fields) {
            text.append(field.getBytes(StandardCharsets.UTF_8).length)
                    .append(':')
                    .append(field)
                    .append(',');
        }
        return Sha256.hex(text.toString());
    }
}
