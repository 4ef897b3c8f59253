package io.agnes.testkit;

import org.jspecify.annotations.Nullable;

/** How one export job goes. A job asked for while nothing is scripted {@link Succeeds} after the fake's usual polls. */
public sealed interface JobBehaviour {

    /** @param polls how many polls answer {@code waiting} or {@code processing} before the end; 0 to 1,000,000 */
    record Succeeds(int polls) implements JobBehaviour {
        public Succeeds {
            if (polls < 0 || polls > 1_000_000) {
                throw new IllegalArgumentException("polls must be 0 to 1,000,000, not " + polls);
            }
        }
    }

    /** The answer to the POST is already terminal. */
    record EndsAtOnce() implements JobBehaviour {}

    /** Ends as {@code error} with a full error object. */
    record Fails(String code, String message) implements JobBehaviour {}

    /** Ends as {@code error} without an error object. */
    record FailsWithoutError() implements JobBehaviour {}

    /** Ends as {@code error} whose message is an object, not a text. */
    record FailsWithOddMessage() implements JobBehaviour {}

    /** Stays {@code processing} for ever. */
    record NeverEnds() implements JobBehaviour {}

    /**
     * Ends as {@code success} without a file.
     *
     * @param results what stands in its place, as JSON: {@code null}, {@code []} or {@code {}}
     */
    record SucceedsWithoutFile(String results) implements JobBehaviour {}

    /** Says a status nobody has heard of for some polls, then succeeds. */
    record Says(String status, int polls) implements JobBehaviour {}

    /** Succeeds; the ids of job and file are JSON strings. */
    record SucceedsWithTextIds() implements JobBehaviour {}

    /** @return how many polls come before the end, or null if there is none */
    default @Nullable Integer pollsBeforeEnd(int usual) {
        return switch (this) {
            case Succeeds succeeds -> succeeds.polls;
            case EndsAtOnce atOnce -> 0;
            case NeverEnds never -> null;
            case Says says -> says.polls;
            case Fails fails -> usual;
            case FailsWithoutError fails -> usual;
            case FailsWithOddMessage fails -> usual;
            case SucceedsWithoutFile succeeds -> usual;
            case SucceedsWithTextIds succeeds -> usual;
        };
    }
}
