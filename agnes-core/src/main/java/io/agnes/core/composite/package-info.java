// SPDX-License-Identifier: Apache-2.0
/**
 * Plans of one file out of many parts, made before their data is read. Offsets and lengths are bytes and never negative;
 * values are immutable and safe to share between threads; nothing here is null unless it says so.
 */
package io.agnes.core.composite;
