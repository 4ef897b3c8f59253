// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.assembly;

import io.agnes.core.AgnesException;

/** The failures of an assembly in the words and codes of the connector. */
public interface AssemblyFailures {
    /** The parts cannot become one file. */
    AgnesException unmergeable(String why);

    /** The disk has less space than the file and its downloads need. */
    AgnesException diskFull(long neededBytes, long usableBytes);
}
