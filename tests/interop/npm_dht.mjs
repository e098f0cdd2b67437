// SPDX-FileCopyrightText: 2026 The Freshet authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// npm's bittorrent-dht as a client: npm_dht.mjs announce|lookup HASH IP PORT BOOTSTRAP…
// Prints a line of JSON when it is done, and ends with 77 where the module is
// not installed. It is looked for in NODE_PATH, which import itself does not.
import fs from 'fs'
import path from 'path'
import { pathToFileURL } from 'url'

const [manner, hash, ip, port, ...bootstrap] = process.argv.slice(2)
const folder = (process.env.NODE_PATH || '').split(':').find(item => item && fs.existsSync(path.join(item, 'bittorrent-dht', 'index.js')))
if (!folder) process.exit(77)
const { Client } = await import(pathToFileURL(path.join(folder, 'bittorrent-dht', 'index.js')))

const dht = new Client({ bootstrap })
const done = answer => {
  console.log(JSON.stringify(answer))
  dht.destroy(() => process.exit(0))
}

dht.on('error', error => { console.error(error); process.exit(1) })
dht.listen(Number(port), ip)
dht.on('ready', () => {
  const nodes = dht.toJSON().nodes.length
  if (manner === 'announce') dht.announce(hash, Number(port), error => done({ nodes, error: error ? String(error) : null }))
  else {
    const peers = []
    dht.on('peer', peer => peers.push(`${peer.host}:${peer.port}`))
    dht.lookup(hash, (error, n) => done({ nodes, n, peers, error: error ? String(error) : null }))
  }
})
