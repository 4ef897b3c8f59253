package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job as clients see it. Both methods take the base of the job's own URL. */
interface Job {
    /** The answer to the request that made the job. */
    Map<String, @Nullable Object> accepted(String stack);

    Map<String, @Nullable Object> poll(String stack);
}
