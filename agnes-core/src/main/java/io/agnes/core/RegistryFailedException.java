// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import org.jspecify.annotations.Nullable;

/**
 * A registry could not do what it was asked, and changed nothing. Every implementation of a registry port throws this type or
 * a subclass: {@link io.agnes.core.table.TableRegistry}, {@link io.agnes.core.sync.RunLog},
 * {@link io.agnes.core.sync.ScheduleState}. The kind is {@link AgnesException.Kind#LIMIT}.
 */
public class RegistryFailedException extends AgnesException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param code stable, in snake_case
     * @param cause null if the registry itself refused the call
     */
    public RegistryFailedException(String code, String message, @Nullable Throwable cause) {
        super(Kind.LIMIT, code, message, cause);
    }
}
