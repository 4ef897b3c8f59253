// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.net.ConnectException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class FakeCloudStorageExtensionTest {
    private static final Map<String, FakeCloudStorage> SEEN = new ConcurrentHashMap<>();

    /** Sample tests, which only the tests below run. */
    static final class SampleTests {
        @RegisterExtension
        static final FakeCloudStorageExtension STORAGE =
                FakeCloudStorageExtension.of(FakeCloudStorage.Builder::anonymous);

        @BeforeEach
        void create(FakeCloudStorage storage) {
            storage.bucket("staging").put("staging", "a", new byte[3], "text/plain");
        }

        @Test
        void passes(FakeCloudStorage storage) {
            SEEN.put("passes", storage);
            assertEquals(3, storage.bytes("staging", "a").length);
        }

        @Test
        void forgets(FakeCloudStorage storage) {
            SEEN.put("forgets", storage);
            storage.onCompose().reset().once();
        }
    }

    private static List<TestExecutionResult> run(String method) {
        List<TestExecutionResult> results = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(SampleTests.class, method, FakeCloudStorage.class.getName()))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                if (test.isTest()) {
                                    results.add(result);
                                }
                            }
                        });
        return results;
    }

    @Test
    void eachTestHasItsOwnFakeWhichIsClosedAfterwards() {
        assertEquals(
                TestExecutionResult.Status.SUCCESSFUL, run("passes").getFirst().getStatus());
        FakeCloudStorage first = SEEN.get("passes");
        run("passes");

        assertNotSame(first, SEEN.get("passes"));
        assertThrows(
                ConnectException.class,
                () -> new Socket("127.0.0.1", first.endpoint().getPort()).close());
    }

    @Test
    void aFaultThatDidNotHappenFailsTheTest() {
        TestExecutionResult result = run("forgets").getFirst();

        assertEquals(TestExecutionResult.Status.FAILED, result.getStatus());
        assertTrue(result.getThrowable().orElseThrow().getMessage().contains("onCompose().reset"));
    }
}
