// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.Set;

/** Finds the line of a test that scripted a fault or a job. */
final class CallSite {
    private static final Set<String> OWN = Set.of(
            CallSite.class.getName(),
            FakeBigQuery.class.getName(),
            FakeKeboola.class.getName(),
            FakeCloudStorage.class.getName(),
            FakeServer.class.getName(),
            FaultPoint.class.getName(),
            Fault.class.getName());

    private static final Set<String> REMOTE =
            Set.of(ControlApi.class.getName(), RemoteFaults.class.getName(), RemoteJobs.class.getName());

    private CallSite() {}

    /** The nearest caller outside the fake, for example {@code OrdersTest.java:42}. */
    static String current() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !OWN.contains(frame.getClassName()))
                        .findFirst()
                        .map(CallSite::named)
                        .orElse("an unknown line"));
    }

    private static String named(StackWalker.StackFrame frame) {
        return REMOTE.contains(frame.getClassName())
                ? "a request to " + ControlApi.ROOT
                : frame.getFileName() + ":" + frame.getLineNumber();
    }

    /** The name of the method of this class that the caller outside the fake called. */
    static String methodOf(Class<?> type) {
        return StackWalker.getInstance()
                .walk(frames -> frames.takeWhile(frame -> OWN.contains(frame.getClassName()))
                        .filter(frame -> frame.getClassName().equals(type.getName()))
                        .reduce((inner, outer) -> outer)
                        .map(StackWalker.StackFrame::getMethodName)
                        .orElse("a fault"));
    }
}
