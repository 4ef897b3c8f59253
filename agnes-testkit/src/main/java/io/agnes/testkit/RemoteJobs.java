// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.time.Duration;

/** Scripts jobs as JSON for {@link ControlApi}. */
final class RemoteJobs {
    private static final int MAX_TIMES = 1_000_000;

    private RemoteJobs() {}

    /** Scripts the next jobs of a fake. */
    interface Script {
        void nextJobs(int count, JobBehaviour behaviour);
    }

    /** Scripts the next jobs: {@code {"behaviour": "fails", "code": "…", "message": "…", "times": 2}}. */
    static Response script(Controlled fake, Script script, ControlFields fields) {
        JobBehaviour behaviour = behaviour(fields);
        int times = fields.has("times") ? fields.integer("times") : 1;
        fields.requireAllRead();
        if (times < 1 || times > MAX_TIMES) {
            throw ControlFields.wrong("\"times\" must be 1 to " + MAX_TIMES + ", not " + times);
        }
        script.nextJobs(times, behaviour);
        return Response.json(201, Json.object("unconsumed", fake.unconsumed()));
    }

    private static JobBehaviour behaviour(ControlFields fields) {
        String behaviour = fields.text("behaviour");
        return switch (behaviour) {
            case "succeeds" -> new JobBehaviour.Succeeds(fields.integer("polls"));
            case "takes" -> new JobBehaviour.Takes(Duration.ofMillis(fields.number("millis")));
            case "ends_at_once" -> new JobBehaviour.EndsAtOnce();
            case "fails" -> new JobBehaviour.Fails(fields.text("code"), fields.text("message"));
            case "fails_without_error" -> new JobBehaviour.FailsWithoutError();
            case "fails_with_odd_message" -> new JobBehaviour.FailsWithOddMessage();
            case "never_ends" -> new JobBehaviour.NeverEnds();
            case "succeeds_without_file" -> new JobBehaviour.SucceedsWithoutFile(fields.text("results"));
            case "says" -> new JobBehaviour.Says(fields.text("status"), fields.integer("polls"));
            case "succeeds_with_text_ids" -> new JobBehaviour.SucceedsWithTextIds();
            default ->
                throw ControlFields.wrong(
                        "\"behaviour\" is \"" + behaviour + "\", expected one of succeeds, takes, ends_at_once, fails,"
                                + " fails_without_error, fails_with_odd_message, never_ends, succeeds_without_file, says,"
                                + " succeeds_with_text_ids");
        };
    }
}
