#!/usr/bin/env node
import { processIo } from './io.ts';
import { main } from './main.ts';

// The SDK announces which of its later versions will leave Node 20; ours is pinned and proven on it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
process.exitCode = await main(process.argv.slice(2), processIo());
