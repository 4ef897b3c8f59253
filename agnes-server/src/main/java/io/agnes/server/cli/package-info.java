// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. It reads the environment, prints results, and turns failures into one sentence and an exit code.
 */
package io.agnes.server.cli;
