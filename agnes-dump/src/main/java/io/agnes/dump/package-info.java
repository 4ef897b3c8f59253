// SPDX-License-Identifier: Apache-2.0
/** One URL, one file. */
package io.agnes.dump;
