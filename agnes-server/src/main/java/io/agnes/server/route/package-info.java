// SPDX-License-Identifier: Apache-2.0
/** The HTTP contract: routes parse, call one method of an engine, and map its outcome to a status. */
package io.agnes.server.route;
