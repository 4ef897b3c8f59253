// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a fake for each JUnit Jupiter test, which takes it as a parameter, and closes it after the test. A test that passed
 * fails if it scripted faults that did not happen.
 */
abstract class FakeExtension<F extends Fake> implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final Class<F> type;
    private final Supplier<F> starter;
    private final Namespace namespace = Namespace.create(FakeExtension.class, this);

    FakeExtension(Class<F> type, Supplier<F> starter) {
        this.type = type;
        this.starter = starter;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        // JUnit's store closes the fake even if afterEach does not run.
        context.getStore(namespace).put(type, starter.get());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        F started = fake(context);
        if (started == null) {
            return;
        }
        try (F fake = started) {
            // A test that failed may not have reached the faults that it scripted.
            if (context.getExecutionException().isEmpty()) {
                fake.verifyFaultsConsumed();
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == type && fake(context) != null;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return fake(context);
    }

    private @Nullable F fake(ExtensionContext context) {
        return context.getStore(namespace).get(type, type);
    }
}
