/** Who a client is, as far as that is the same on all ports: its address behind proxies, and signed tokens. */
package io.wadi.runtime.security;
