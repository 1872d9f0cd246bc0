import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fixtureUrl, launch, open, withoutBrowser } from './support.mjs'

let browser
before(async () => {
  if (!withoutBrowser) browser = await launch()
})
after(() => browser?.close())

test('the report opens without network, errors or warnings', { skip: withoutBrowser }, async () => {
  const { page, context, said, asked } = await open(browser, fixtureUrl('report', 'small', 'report.html'))
  assert.deepEqual(asked, [])
  assert.deepEqual(said, [])
  assert.equal(await page.locator('h1').innerText(), 'quickstart')
  await context.close()
})
