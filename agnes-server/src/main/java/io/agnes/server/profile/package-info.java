// SPDX-License-Identifier: Apache-2.0
/** Measures published files in a database of its own, with its own memory limit. */
package io.agnes.server.profile;
