// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

/** A fake of a service that a JUnit extension starts, verifies and closes. */
interface Fake extends AutoCloseable {
    /** @throws AssertionError if scripted faults have not happened */
    void verifyFaultsConsumed();

    @Override
    void close();
}
