/** The identity of clients on all ports: addresses behind trusted proxies, and signed tokens. */
package io.wadi.runtime.security;
