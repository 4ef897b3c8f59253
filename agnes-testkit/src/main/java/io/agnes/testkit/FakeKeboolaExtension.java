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
 * A {@link FakeKeboola} of its own for each test of JUnit Jupiter, which tests and their {@code BeforeEach} and
 * {@code AfterEach} methods take as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final FakeKeboolaExtension KEBOOLA = FakeKeboolaExtension.of(fake -> fake.dialect(Dialect.AWS));
 *
 * @Test
 * void aSliceIsResumed(FakeKeboola keboola) {}
 * }</pre>
 *
 * <p>With default settings {@code @ExtendWith(FakeKeboolaExtension.class)} does. Each fake is closed after its test. A test
 * that passed fails if it scripted faults or jobs that did not happen. Tests may run in parallel.
 */
public final class FakeKeboolaExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final UnaryOperator<FakeKeboola.Builder> settings;
    private final Namespace namespace = Namespace.create(FakeKeboolaExtension.class, this);

    private FakeKeboolaExtension(UnaryOperator<FakeKeboola.Builder> settings) {
        this.settings = settings;
    }

    /** Fakes with default settings, but quick ones: a job is done at the second poll. */
    public FakeKeboolaExtension() {
        this(UnaryOperator.identity());
    }

    /**
     * @param settings called for each fake, so that no two tests share a clock; what it is given has {@code jobPolls(1)}, so
     *     that a client with a short poll interval is done soon
     */
    public static FakeKeboolaExtension of(UnaryOperator<FakeKeboola.Builder> settings) {
        return new FakeKeboolaExtension(settings);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // Whatever ends the test, the store closes what is still open in it.
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
            // A test that failed did not come to what it scripted.
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
