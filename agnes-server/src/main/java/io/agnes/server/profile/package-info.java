// SPDX-License-Identifier: Apache-2.0
/** Measuring published files, beside everything else: in a database of its own, with memory of its own. */
package io.agnes.server.profile;
