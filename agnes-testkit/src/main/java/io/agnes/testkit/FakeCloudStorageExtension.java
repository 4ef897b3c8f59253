// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;

/**
 * Starts a {@link FakeCloudStorage} for each JUnit Jupiter test. Tests and their {@code BeforeEach} and {@code AfterEach}
 * methods take it as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FakeCloudStorageExtension STORAGE = FakeCloudStorageExtension.of(fake -> fake.writeLimit());
 *
 * @Test
 * void aShardIsWrittenOnce(FakeCloudStorage storage) {}
 * }</pre>
 *
 * <p>For default settings, use {@code @ExtendWith(FakeCloudStorageExtension.class)}. Each fake is closed after its test. A test
 * that passed fails if it scripted faults that did not happen. Tests may run in parallel.
 */
public final class FakeCloudStorageExtension extends FakeExtension<FakeCloudStorage> {
    private FakeCloudStorageExtension(UnaryOperator<FakeCloudStorage.Builder> settings) {
        super(
                FakeCloudStorage.class,
                () -> settings.apply(FakeCloudStorage.builder()).start());
    }

    /** Fakes with default settings. */
    public FakeCloudStorageExtension() {
        this(UnaryOperator.identity());
    }

    /**
     * Fakes with other settings.
     *
     * @param settings called for each fake, so that each test has its own clock
     */
    public static FakeCloudStorageExtension of(UnaryOperator<FakeCloudStorage.Builder> settings) {
        return new FakeCloudStorageExtension(settings);
    }
}
