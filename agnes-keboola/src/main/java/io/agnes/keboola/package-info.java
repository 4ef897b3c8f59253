/** The client of the Keboola Storage API, its configuration and its results. */
package io.agnes.keboola;
