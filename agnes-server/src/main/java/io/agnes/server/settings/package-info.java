// SPDX-License-Identifier: Apache-2.0
/** What an operator can set, by file, environment or flag. Nothing else in Agnes reads any of these. */
package io.agnes.server.settings;
