// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

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
public final class FakeKeboolaExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final UnaryOperator<FakeKeboola.Builder> settings;
    private final Namespace namespace = Namespace.create(FakeKeboolaExtension.class, this);

    private FakeKeboolaExtension(UnaryOperator<FakeKeboola.Builder> settings) {
        this.settings = settings;
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

    @Override
    public void beforeEach(ExtensionContext context) {
        // JUnit's store closes the fake even if afterEach does not run.
        context.getStore(namespace)
                .put(
                        FakeKeboola.class,
                        settings.apply(FakeKeboola.builder().jobPolls(1)).start());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        FakeKeboola keboola = fake(context);
        if (keboola == null) {
            return;
        }
        try (keboola) {
            // A test that failed may not have reached the faults that it scripted.
            if (context.getExecutionException().isEmpty()) {
                keboola.verifyFaultsConsumed();
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FakeKeboola.class && fake(context) != null;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return fake(context);
    }

    private @Nullable FakeKeboola fake(ExtensionContext context) {
        return context.getStore(namespace).get(FakeKeboola.class, FakeKeboola.class);
    }
}
