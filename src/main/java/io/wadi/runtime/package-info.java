/** What capabilities are made of: each is a feature, found and bound at the start. */
package io.wadi.runtime;
