/** The HTTP contract: routes parse, call one method of an engine, and map its outcome to a status. */
package io.agnes.server.route;
