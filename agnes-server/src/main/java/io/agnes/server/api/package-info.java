// SPDX-License-Identifier: Apache-2.0
/**
 * The language in which the HTTP API is described: endpoints, their answers, and the shapes of JSON. All types are immutable.
 */
package io.agnes.server.api;
