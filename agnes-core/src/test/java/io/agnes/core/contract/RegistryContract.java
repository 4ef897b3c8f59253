// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Opens an empty registry for each test of a suite. */
@Timeout(60)
abstract class RegistryContract {
    private static final int CALLERS = 20;

    /** Under test; {@link RegistryUnderTest#restart} replaces its ports, so suites ask for them at each call. */
    RegistryUnderTest registry;

    /** A registry without any row. */
    protected abstract RegistryUnderTest open() throws Exception;

    @BeforeEach
    void openRegistry() throws Exception {
        registry = open();
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    /** Calls at once from many threads and asserts that one answer, and no more, is of this kind. */
    static <T> List<T> assertOneOf(Predicate<T> kind, Callable<T> call) throws Exception {
        List<T> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                calls.add(threads.submit(call));
            }
            for (Future<T> answer : calls) {
                answers.add(answer.get(30, TimeUnit.SECONDS));
            }
        }
        assertEquals(1, answers.stream().filter(kind).count(), answers::toString);
        return answers;
    }
}
