// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job as clients see it. All methods take the base of the job's own URL. */
interface Job {
    /** The answer to the request that made the job. */
    Map<String, @Nullable Object> accepted(String stack);

    Map<String, @Nullable Object> poll(String stack);

    /** As it was at the last poll, which this is not. */
    Map<String, @Nullable Object> listed(String stack);
}
