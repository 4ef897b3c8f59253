// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What happened, before it has a place in the chain.
 *
 * @param at when, to the microsecond
 * @param action an {@link AuditAction}, or a word of an older program
 * @param object what the action was for
 * @param result an {@link AuditResult}
 * @param code the code of the problem; empty if there was none
 * @param count how many events alike this one stands for; 1 or more
 */
public record AuditEvent(
        Instant at, Origin origin, String action, String object, String result, String code, long count) {
    /** Removes secrets, and bounds each text. */
    public AuditEvent {
        at = at.truncatedTo(ChronoUnit.MICROS);
        action = AuditText.of(action);
        object = AuditText.of(object);
        result = AuditText.of(result);
        code = AuditText.of(code);
    }

    /** Something that was done. */
    public static AuditEvent done(Instant at, Origin origin, AuditAction action, String object) {
        return new AuditEvent(at, origin, action.text(), object, AuditResult.OK.text(), "", 1);
    }

    /** Something that was not done. */
    public static AuditEvent undone(
            Instant at, Origin origin, AuditAction action, String object, AuditResult result, String code) {
        return new AuditEvent(at, origin, action.text(), object, result.text(), code, 1);
    }

    /** The same for another number of events. */
    AuditEvent times(long number) {
        return new AuditEvent(at, origin, action, object, result, code, number);
    }
}
