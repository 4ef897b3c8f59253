// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;

/**
 * Starts a {@link FakeBigQuery} for each JUnit Jupiter test. Tests and their {@code BeforeEach} and {@code AfterEach} methods
 * take it as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FakeBigQueryExtension BIGQUERY = FakeBigQueryExtension.of(fake -> fake.location("EU"));
 *
 * @Test
 * void aTableIsListed(FakeBigQuery bigquery) {}
 * }</pre>
 *
 * <p>For default settings, use {@code @ExtendWith(FakeBigQueryExtension.class)}. Each fake is closed after its test. A test that
 * passed fails if it scripted faults or jobs that did not happen. Tests may run in parallel. Exports need a storage, which
 * {@link #of} can give to the builder.
 */
public final class FakeBigQueryExtension extends FakeExtension<FakeBigQuery> {
    private FakeBigQueryExtension(UnaryOperator<FakeBigQuery.Builder> settings) {
        super(FakeBigQuery.class, () -> settings.apply(FakeBigQuery.builder()).start());
    }

    /** Fakes with default settings. */
    public FakeBigQueryExtension() {
        this(UnaryOperator.identity());
    }

    /**
     * Fakes with other settings.
     *
     * @param settings called for each fake, so that each test has its own clock
     */
    public static FakeBigQueryExtension of(UnaryOperator<FakeBigQuery.Builder> settings) {
        return new FakeBigQueryExtension(settings);
    }
}
