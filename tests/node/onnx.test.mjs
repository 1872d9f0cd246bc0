// ONNX Runtime, somebody else's implementation, on exported policies: it loads them, finds in them what docs/exporting.md
// says, and acts as Plimsoll does.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as ort from 'onnxruntime-web'
import { fixture, launch, modules, pageBlock, withoutBrowser } from './support.mjs'

// One thread: the workers that it would start keep Node.js from ending.
ort.env.wasm.numThreads = 1

const { rows, policies } = JSON.parse(readFileSync(fixture('policies', 'policies.json'), 'utf8'))

const numbers = file => {
  const bytes = readFileSync(fixture('policies', file))
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

const first = (array, count) => {
  const shape = [count, ...array.shape.slice(1)]
  const size = shape.reduce((product, length) => product * length, 1)
  return new ort.Tensor('float32', numbers(array.file).slice(0, size), shape)
}

const load = policy =>
  ort.InferenceSession.create(readFileSync(fixture('policies', policy.model)), { executionProviders: ['wasm'] })

test('there are policies of every kind', () => {
  assert.ok(policies.length > 5, `there are ${policies.length}`)
})

for (const policy of policies) {
  test(`${policy.name}: the runtime finds the inputs and the output that are documented`, async () => {
    const session = await load(policy)
    const names = policy.inputs.map(input => input.name)
    assert.deepEqual([...session.inputNames].sort(), [...names].sort())
    assert.deepEqual(session.outputNames, ['action'])
    for (const metadata of session.inputMetadata) {
      const { shape } = policy.inputs.find(input => input.name === metadata.name)
      assert.equal(metadata.type, 'float32')
      assert.deepEqual([...metadata.shape], ['B', ...shape.slice(1)])
    }
    assert.deepEqual([...session.outputMetadata[0].shape], ['B', ...policy.action.shape.slice(1)])
    await session.release()
  })

  for (const batch of [1, rows]) {
    test(`${policy.name}: batch ${batch} acts as Plimsoll does`, async t => {
      const session = await load(policy)
      const inputs = Object.fromEntries(policy.inputs.map(input => [input.name, first(input, batch)]))
      const { action } = await session.run(inputs)
      const expected = first(policy.action, batch)
      assert.deepEqual(action.dims, expected.dims)
      let largest = 0
      for (let i = 0; i < expected.data.length; i++) {
        assert.ok(Number.isFinite(action.data[i]))
        largest = Math.max(largest, Math.abs(action.data[i] - expected.data[i]))
      }
      t.diagnostic(`${policy.name}, batch ${batch}: largest difference ${largest.toExponential(2)}`)
      assert.ok(largest <= 1e-5, `actions differ by ${largest}`)
      await session.release()
    })
  }
}

test('the block of docs/exporting.md acts as Plimsoll does', () => {
  const { model, inputs, action } = policies.find(policy => policy.name === 'dirac')
  const batch = 3
  const observations = first(inputs[0], batch).data
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-page-'))
  try {
    symlinkSync(modules, join(folder, 'node_modules'))
    copyFileSync(fixture('policies', model), join(folder, 'policy.onnx'))
    writeFileSync(join(folder, 'page.mjs'), pageBlock('exporting', 'js', 'onnxruntime-web') + `
      const some = new Float32Array(${JSON.stringify([...observations])})
      console.log(JSON.stringify([[...await act(some)], action.length]))`)
    // It ends by itself, or the test does not pass.
    const said = execFileSync(process.execPath, ['page.mjs'], { cwd: folder, timeout: 60_000, encoding: 'utf8' })
    const [actions, width] = JSON.parse(said)
    const expected = first(action, batch).data
    assert.equal(width, action.shape[1])
    assert.equal(actions.length, expected.length)
    expected.forEach((value, i) => assert.ok(Math.abs(actions[i] - value) <= 1e-5, `${actions[i]} is not ${value}`))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the page of docs/exporting.md shows the action that Plimsoll takes', { skip: withoutBrowser }, async () => {
  const { model, inputs, action } = policies.find(policy => policy.name === 'dirac')
  const runtime = name => [name, join(modules, 'onnxruntime-web', 'dist', name)]
  // What the page says has to lie beside it, and nothing else.
  const files = new Map([
    runtime('ort.wasm.bundle.min.mjs'), runtime('ort-wasm-simd-threaded.wasm'), ['policy.onnx', fixture('policies', model)]
  ])
  const types = { html: 'text/html', mjs: 'text/javascript', wasm: 'application/wasm' }
  const asked = []
  const said = []
  const browser = await launch()
  try {
    const context = await browser.newContext()
    await context.route('**/*', route => {
      const address = new URL(route.request().url())
      const name = address.pathname.slice(1)
      const contentType = types[name.split('.').at(-1)] ?? 'application/octet-stream'
      if (address.host === 'page.test' && name === 'policy.html') {
        return route.fulfill({ body: pageBlock('exporting', 'html', 'type="module"'), contentType })
      }
      if (address.host === 'page.test' && files.has(name)) return route.fulfill({ path: files.get(name), contentType })
      // Browsers ask for this by themselves.
      if (name !== 'favicon.ico') asked.push(address.href)
      return route.abort()
    })
    const page = await context.newPage()
    page.on('pageerror', error => said.push(String(error)))
    await page.goto('http://page.test/policy.html')
    const output = page.locator('output')
    await output.filter({ hasText: /\d/ }).waitFor()
    const observation = first(inputs[0], 1).data
    const fields = page.locator('input')
    assert.equal(await fields.count(), observation.length)
    for (let i = 0; i < observation.length; i++) await fields.nth(i).fill(String(observation[i]))
    const expected = [...first(action, 1).data]
    await page.waitForFunction(expected => {
      const shown = document.querySelector('output').value.split(' ').map(Number)
      return shown.length === expected.length && shown.every((x, i) => Math.abs(x - expected[i]) <= 1e-5)
    }, expected, { timeout: 60_000 })
    assert.deepEqual(said, [])
    assert.deepEqual(asked, [])
  } finally {
    await browser.close()
  }
})
