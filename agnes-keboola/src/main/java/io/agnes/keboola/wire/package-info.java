/**
 * What is said on the wire: Keboola's JSON, and addresses, credentials and signatures of the object store behind it.
 * Readers take what Keboola is known to send in several shapes (ids as number or text, empty maps as lists) and ignore
 * what they don't know.
 */
package io.agnes.keboola.wire;
