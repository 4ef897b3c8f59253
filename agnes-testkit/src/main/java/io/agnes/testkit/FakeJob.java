// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job of the Storage API. All methods take the stack's URL, from which they make the URL of the job. */
interface FakeJob {
    /** The response to the request that created the job. */
    Map<String, @Nullable Object> accepted(String stack);

    /** The response to a poll; counts the poll. */
    Map<String, @Nullable Object> poll(String stack);

    /** The entry in a list of jobs: the state at the last poll. */
    Map<String, @Nullable Object> listed(String stack);
}
