// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;

/**
 * Starts a {@link FakeKeboola} for each JUnit Jupiter test. Tests and their {@code BeforeEach} and {@code AfterEach} methods take
 * it as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FakeKeboolaExtension KEBOOLA = FakeKeboolaExtension.of(fake -> fake.dialect(Dialect.AWS));
 *
 * @Test
 * void aSliceIsResumed(FakeKeboola keboola) {}
 * }</pre>
 *
 * <p>For default settings, use {@code @ExtendWith(FakeKeboolaExtension.class)}. Each fake is closed after its test. A test that
 * passed fails if it scripted faults or jobs that did not happen. Tests may run in parallel.
 */
public final class FakeKeboolaExtension extends FakeExtension<FakeKeboola> {
    private FakeKeboolaExtension(UnaryOperator<FakeKeboola.Builder> settings) {
        super(
                FakeKeboola.class,
                () -> settings.apply(FakeKeboola.builder().jobPolls(1)).start());
    }

    /** Fakes with default settings, except that a job is done at the second poll. */
    public FakeKeboolaExtension() {
        this(UnaryOperator.identity());
    }

    /**
     * Fakes with other settings.
     *
     * @param settings called for each fake, so that each test has its own clock; its argument has {@code jobPolls(1)}, so
     *     that tests are quick
     */
    public static FakeKeboolaExtension of(UnaryOperator<FakeKeboola.Builder> settings) {
        return new FakeKeboolaExtension(settings);
    }
}
