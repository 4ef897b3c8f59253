/** One URL, one file. */
package io.agnes.dump;
