/** Services that speak the real wire format, for tests and for trying things without a cloud. */
package io.agnes.testkit;
