// SPDX-License-Identifier: Apache-2.0
/** Who is asking, and what they may have: tokens, scopes, groups and grants. */
package io.agnes.server.access;
