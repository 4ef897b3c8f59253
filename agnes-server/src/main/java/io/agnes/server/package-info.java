/** The wiring, and {@code main}. */
package io.agnes.server;
