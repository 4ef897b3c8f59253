/**
 * From a file of Keboola's to its bytes: manifests, and slices read range by range, resumed where a connection broke
 * and with fresh credentials where the old ones ended. Blocking code for virtual threads.
 */
package io.agnes.keboola.slice;
