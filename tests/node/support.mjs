// What the tests share: where the fixtures are, and a browser that may not touch the network.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import process from 'node:process'

const folder = process.env.PLIMSOLL_FIXTURES
if (!folder) throw new Error('PLIMSOLL_FIXTURES must name the folder that Plimsoll.Fixtures wrote')

export const fixture = (...parts) => join(folder, ...parts)
export const fixtureUrl = (...parts) => pathToFileURL(fixture(...parts)).href

const here = fileURLToPath(new URL('.', import.meta.url))
export const modules = join(here, 'node_modules')

// The only block of a language with these words on a page of the manual; one that says it is not run is none.
export function pageBlock(page, language, words) {
  const text = readFileSync(join(here, '..', '..', 'docs', `${page}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)]
    .filter(([, info, block]) => info === language && block.includes(words))
  if (blocks.length !== 1) throw new Error(`docs/${page}.md has ${blocks.length} such blocks of ${language}`)
  return blocks[0][2]
}

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

// For the `skip` option of a test: false, or why it cannot run here.
export const withoutBrowser = chromium ? false : 'chromium is not installed (apt-get install chromium)'

export async function launch() {
  const { chromium: engine } = await import('playwright-core')
  // Chromium's sandbox needs rights that root in a container does not have.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return engine.launch({ executablePath: chromium, args })
}

// A page that notes all it says and asks for. Requests to anything but files are refused and noted.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  // A machine that is busy otherwise is no failure.
  context.setDefaultTimeout(180_000)
  const page = await context.newPage()
  const said = []
  const asked = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text())
  })
  page.on('pageerror', error => said.push(String(error)))
  await context.route(address => address.protocol !== 'file:', route => {
    asked.push(route.request().url())
    return route.abort()
  })
  await page.goto(url)
  return { page, context, said, asked }
}
