// SPDX-License-Identifier: Apache-2.0
/**
 * One file out of many parts, planned before any bulk byte moves. Offsets and lengths are bytes and never negative;
 * values are immutable and safe to share between threads; nothing here is null unless it says so.
 */
package io.agnes.core.composite;
