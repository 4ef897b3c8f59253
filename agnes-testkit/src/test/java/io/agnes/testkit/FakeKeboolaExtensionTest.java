// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.net.ConnectException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class FakeKeboolaExtensionTest {
    private static final Map<String, FakeKeboola> SEEN = new ConcurrentHashMap<>();

    /** Sample tests, which only the tests below run. */
    static final class SampleTests {
        @RegisterExtension
        static final FakeKeboolaExtension KEBOOLA =
                FakeKeboolaExtension.of(fake -> fake.dialect(Dialect.AWS).jobPolls(0));

        @BeforeEach
        void seed(FakeKeboola keboola) {
            keboola.table("in.c-t.orders").columns("id").row("1");
        }

        @Test
        void exports(FakeKeboola keboola) throws Exception {
            SEEN.put("exports", keboola);
            try (Client client = new Client(keboola)) {
                assertEquals("aws", client.export("in.c-t.orders", "{}").file().get("provider"));
            }
        }

        @Test
        void another(FakeKeboola keboola) {
            SEEN.put("another", keboola);
        }

        @Test
        void forgets(FakeKeboola keboola) {
            keboola.onSlice(3).reset().once();
            SEEN.put("forgets", keboola);
        }

        @Test
        void fails(FakeKeboola keboola) {
            keboola.onSlice(3).reset().once();
            SEEN.put("fails", keboola);
            Assertions.fail("its own failure");
        }

        @Test
        void isAborted(FakeKeboola keboola) {
            keboola.onSlice(3).reset().once();
            Assumptions.abort("not here");
        }

        @AfterEach
        void stillOpen(FakeKeboola keboola) throws Exception {
            new Socket(keboola.stackUrl().getHost(), keboola.stackUrl().getPort()).close();
        }
    }

    @ExtendWith(FakeKeboolaExtension.class)
    static final class WithDefaults {
        @Test
        void resolves(FakeKeboola keboola) {
            SEEN.put("resolves", keboola);
        }

        @Test
        void polls(FakeKeboola keboola) throws Exception {
            keboola.table("in.c-t.orders").columns("id").row("1");
            try (Client client = new Client(keboola)) {
                client.export("in.c-t.orders", "{}");
            }
            keboola.verifyCount("GET", "/v2/storage/jobs/.*", 2);
        }

        @Test
        void doesNotSayHowOften(FakeKeboola keboola) {
            keboola.onSlice(2).cutAfter(10);
        }
    }

    @Test
    void eachTestHasItsOwnFakeThatIsClosedAfterIt() {
        assertEquals(
                TestExecutionResult.successful().getStatus(),
                run(SampleTests.class, "exports").getStatus());
        assertEquals(
                TestExecutionResult.successful().getStatus(),
                run(SampleTests.class, "another").getStatus());
        assertTrue(SEEN.get("exports") != SEEN.get("another"));
        for (String name : List.of("exports", "another")) {
            assertClosed(SEEN.get(name));
        }
    }

    @Test
    void aFaultThatNeverHappenedFailsTheTest() {
        TestExecutionResult result = run(SampleTests.class, "forgets");
        assertEquals(TestExecutionResult.Status.FAILED, result.getStatus());
        assertTrue(
                message(result).contains("onSlice(3).reset, scripted at FakeKeboolaExtensionTest.java:"),
                message(result));
        assertClosed(SEEN.get("forgets"));
    }

    @Test
    void aFailedOrAbortedTestKeepsItsReason() {
        TestExecutionResult failed = run(SampleTests.class, "fails");
        assertEquals("its own failure", message(failed));
        assertEquals(0, failed.getThrowable().orElseThrow().getSuppressed().length);
        assertClosed(SEEN.get("fails"));
        assertEquals(
                TestExecutionResult.Status.ABORTED,
                run(SampleTests.class, "isAborted").getStatus());
    }

    @Test
    void anAnnotationSufficesForDefaults() {
        assertEquals(
                TestExecutionResult.Status.SUCCESSFUL,
                run(WithDefaults.class, "resolves").getStatus());
        assertClosed(SEEN.get("resolves"));
    }

    @Test
    void anIncompleteFaultFailsTheTest() {
        TestExecutionResult result = run(WithDefaults.class, "doesNotSayHowOften");
        assertEquals(TestExecutionResult.Status.FAILED, result.getStatus());
        assertTrue(message(result).contains("onSlice(2).cutAfter, scripted at"), message(result));
    }

    @Test
    void jobsAreDoneAtTheSecondPollUnlessSettingsSayOtherwise() {
        TestExecutionResult result = run(WithDefaults.class, "polls");
        assertEquals(TestExecutionResult.Status.SUCCESSFUL, result.getStatus(), () -> message(result));
    }

    private static void assertClosed(FakeKeboola keboola) {
        Assertions.assertThrows(
                ConnectException.class,
                () -> new Socket(
                                keboola.stackUrl().getHost(), keboola.stackUrl().getPort())
                        .close());
    }

    private static String message(TestExecutionResult result) {
        return String.valueOf(result.getThrowable().orElseThrow().getMessage());
    }

    private static TestExecutionResult run(Class<?> type, String method) {
        Map<String, TestExecutionResult> results = new ConcurrentHashMap<>();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(type, method, FakeKeboola.class.getName()))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                if (test.isTest()) {
                                    results.put(test.getDisplayName(), result);
                                }
                            }
                        });
        assertEquals(1, results.size(), results.toString());
        return results.values().iterator().next();
    }
}
