// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.work;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Throws in one thread what was caught in another. */
final class Failures {
    private Failures() {}

    static void rethrow(@Nullable Throwable failure) throws IOException, InterruptedException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
