// SPDX-License-Identifier: Apache-2.0
/** The server process: connects the settings, the registry, the sync engine and the HTTP routes. */
package io.agnes.server;
