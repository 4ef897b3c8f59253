// SPDX-License-Identifier: Apache-2.0
/** Identity and rights: tokens, scopes, groups and grants, and the port to the store that keeps them. */
package io.agnes.server.access;
