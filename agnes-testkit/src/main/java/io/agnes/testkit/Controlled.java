// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A fake as {@link ControlApi} sees it. */
interface Controlled {
    /** The URLs and credentials that a client needs, by names in snake case. */
    Map<String, @Nullable Object> addresses();

    ManualClock clock();

    /** The recorded requests, oldest first. */
    List<RecordedRequest> requests();

    /** Descriptions of what was scripted and has not happened. */
    List<String> unconsumed();

    void clearScripts();

    /** Requests with this method whose whole path matches. */
    FaultPoint on(String method, String pathRegex);

    /** The kinds of requests at which faults can be scripted, by names in snake case, in the order of the documentation. */
    Map<String, Supplier<FaultPoint>> points();

    /**
     * Requests of one kind.
     *
     * @param name one of {@link #points}
     * @param fields the fields of the script; the method reads those that select among the requests
     */
    default @Nullable Supplier<FaultPoint> point(String name, ControlFields fields) {
        return points().get(name);
    }

    /**
     * Answers a request that only this fake has.
     *
     * @param path the path below {@link ControlApi#ROOT}
     * @return null if there is no such path
     */
    default @Nullable Response answer(String path, Request request) {
        return null;
    }
}
