'use strict'
// Shows the phone's pictures and state, and sends what is touched and typed. All addresses are relative to the page's own, which contains the token.

const $ = id => document.getElementById(id)
const screen = $('screen'), pen = screen.getContext('2d'), glass = $('glass'), frame = $('frame')
const SHORT_DP = 360, LONG_DP = 760, FRAME = 24
const ASKED = { prove: 'Vouch for the owner', cancel: 'Cancel getting in' }
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', STEP_MS = 30000
const KEYS = { Backspace: 67, Enter: 66, Escape: 4, ArrowUp: 19, ArrowDown: 20, ArrowLeft: 21, ArrowRight: 22 }
let state = null, dp = 1, toastSeen = 0

/* Sends the actions in order, each after the answer to the one before. */
let line = Promise.resolve()
function act(what, values = {}) {
  return line = line.then(async () => {
    const answer = await fetch(`do/${what}?${new URLSearchParams(values)}`, { method: 'POST' })
    const words = await answer.text()
    if (words) show($('notice'), words)
  }).catch(() => {})
}

/* Asks again and again for a picture or state that is newer than the last. */
async function follow(name, take) {
  let seen = 0
  for (;;) {
    try {
      const answer = await fetch(`${name}?after=${seen}`)
      if (answer.status === 403) return lost('another phone runs here now')
      if (answer.status !== 200) continue
      seen = Number(answer.headers.get('X-Number'))
      await take(answer)
    } catch {
      lost('the phone has ended')
      await new Promise(done => setTimeout(done, 1000))
      seen = 0
    }
  }
}

async function draw(answer) {
  const picture = await createImageBitmap(await answer.blob())
  if (screen.width !== picture.width || screen.height !== picture.height) {
    screen.width = picture.width
    screen.height = picture.height
    fit()
  }
  pen.drawImage(picture, 0, 0)
  document.body.dataset.frame = answer.headers.get('X-Number')
}

/* Sizes the phone to the room there is, but never enlarges it: that would blur the picture. */
function fit() {
  const isTurned = state?.configuration.isTurned ?? false
  const wide = isTurned ? LONG_DP : SHORT_DP, high = isTurned ? SHORT_DP : LONG_DP
  const stage = frame.parentElement, isNarrow = innerWidth <= 860
  const width = stage.clientWidth - FRAME - 32, height = (isNarrow ? Math.max(innerHeight, 560) : stage.clientHeight) - FRAME - 40
  dp = Math.min(1, width / wide, height / high)
  glass.style.width = `${wide * dp}px`
  glass.style.height = `${high * dp}px`
  screen.style.width = `${screen.width / 2 * dp}px`
  screen.style.height = `${screen.height / 2 * dp}px`
  glass.style.setProperty('--dp', dp)
  glass.style.setProperty('--keys-top', `${(screen.height / 2 - 48) * dp}px`)
}

function take(next) {
  const configurationBefore = JSON.stringify(state?.configuration)
  state = next
  glass.classList.toggle('isDark', state.configuration.isDark)
  glass.classList.toggle('isTurned', state.configuration.isTurned)
  if (configurationBefore !== JSON.stringify(state.configuration)) fit()
  for (const button of document.querySelectorAll('[data-toggle]')) button.ariaPressed = String(state[button.dataset.toggle] ?? state.configuration[button.dataset.toggle])
  for (const button of document.querySelectorAll('[data-is]')) button.ariaPressed = String(String(state.configuration[button.dataset.is]) === button.dataset.on)
  for (const button of document.querySelectorAll('[data-scale]')) button.ariaPressed = String(Math.abs(state.configuration.fontScale - button.dataset.scale) < 0.01)
  $('app').textContent = state.app
  $('launcher').hidden = !state.isAway
  $('dark').hidden = !state.isOff
  $('typing').hidden = !state.isTyping || state.isAway
  $('crash').hidden = !state.crash
  $('crash-text').textContent = state.crash ?? ''
  $('leaving').hidden = !state.leavingIntent
  $('leaving-text').textContent = state.leavingIntent ?? ''
  const words = state.status[0] ?? 'No wallet is open'
  $('status').textContent = words
  $('dot').dataset.kind = words.split(/[ ,]/)[0]
  ask(state.isAsked)
  $('permission').hidden = !state.asksPermission || state.isAway
  $('permission-title').textContent = `Allow ${state.app} to send you notifications?`
  notify(state.notifications)
  if (state.toast && state.toast.number !== toastSeen) show($('toast'), state.toast.text)
  toastSeen = state.toast?.number ?? 0
  $('registered').textContent = state.isRegistered ? 'knows this phone' : 'knows no phone yet'
  list(state.waiting)
  count(state.counter)
  $('evidence').hidden = !state.hasEvidence
  deliver(state.messages)
  write(state.journal)
  tell()
}

function ask(prompt) {
  $('sheet').hidden = !prompt
  $('sheet-title').textContent = prompt?.title ?? ''
  $('sheet-body').textContent = prompt?.body ?? ''
  $('sheet-pin').textContent = prompt?.button ?? ''
  $('sheet-hint').textContent = prompt?.misses ? `Not recognised (${prompt.misses})` : ''
}

/* The requests that wait for the clerk, with a button for each answer. */
function list(requests) {
  const key = JSON.stringify(requests)
  if ($('waiting').dataset.key === key) return
  $('waiting').dataset.key = key
  const rows = requests.map(({ number, kind }) => {
    const row = document.createElement('li'), what = document.createElement('span')
    what.textContent = ASKED[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1)
    const buttons = [['Agree', true], ['Refuse', false]].map(([words, on]) => {
      const button = document.createElement('button')
      button.textContent = words
      Object.assign(button.dataset, { do: 'answer', number, on })
      return button
    })
    row.append(what, ...buttons)
    return row
  })
  $('waiting').replaceChildren(...rows)
}

/* What the counter asks for; or, line by line, what it read in the phone's authorisation and did with it. */
function count({ offer, receipt, isTaken }) {
  const lines = receipt ?? (offer ? [offer] : [])
  const rows = lines.map(words => Object.assign(document.createElement('li'), { textContent: words }))
  $('receipt').replaceChildren(...rows)
  $('receipt').dataset.is = receipt ? (isTaken ? 'taken' : 'refused') : 'asking'
}

/* The notifications on the home screen. Each, and each of its actions, is a button. */
function notify(shown) {
  const key = JSON.stringify(shown)
  if ($('shade').dataset.key === key) return
  $('shade').dataset.key = key
  const rows = shown.map(({ number, title, text, actions }) => {
    const row = document.createElement('li')
    const [open, ...others] = [null, ...actions].map(action => {
      const button = document.createElement('button')
      Object.assign(button.dataset, { do: 'notification', number })
      if (action) Object.assign(button.dataset, { what: action })
      button.textContent = action
      return button
    })
    open.append(Object.assign(document.createElement('b'), { textContent: title }), Object.assign(document.createElement('span'), { textContent: text }))
    row.append(open, ...others)
    return row
  })
  $('shade').replaceChildren(...rows)
}

/* The SMS and mails to the owner. A link in a mail is a button: it is opened at the provider, not in this browser. */
function deliver(messages) {
  const key = JSON.stringify(messages)
  if ($('messages').dataset.key === key) return
  $('messages').dataset.key = key
  const rows = messages.map(({ number, kind, to, text, link, sentMs }) => {
    const row = document.createElement('li'), about = document.createElement('b'), at = document.createElement('time'), what = document.createElement('p')
    about.textContent = `${kind} to ${to}`
    at.textContent = new Date(sentMs).toISOString().slice(11, 16)
    const [before, after] = link ? text.split(link) : [text]
    what.append(before)
    if (link) {
      const button = document.createElement('button')
      button.textContent = 'this link'
      button.title = link
      Object.assign(button.dataset, { do: 'openLink', number })
      what.append(button, after)
    }
    row.append(about, at, what)
    return row
  })
  $('messages').replaceChildren(...rows)
}

/* The owner's authenticator app (RFC 6238), by the phone's clock. The letters stay in this page. */
async function authenticate() {
  const letters = [...$('secret').value.toUpperCase()].map(letter => LETTERS.indexOf(letter)).filter(value => value >= 0)
  if (letters.length !== 32) return $('totp').textContent = ''
  const bits = letters.map(value => value.toString(2).padStart(5, '0')).join('')
  const bytes = Uint8Array.from(bits.match(/.{8}/g), byte => parseInt(byte, 2))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const now = Date.now() + (state?.aheadMs ?? 0), counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(now / STEP_MS)))
  const hash = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const number = hash.getUint32(hash.getUint8(19) & 15) & 0x7fffffff
  $('totp').textContent = String(number % 1000000).padStart(6, '0').replace(/(?=...$)/, ' ')
}
$('secret').oninput = authenticate

function write(lines) {
  const rows = lines.slice().reverse().map(([time, from, text]) => {
    const row = document.createElement('li'), at = document.createElement('time'), what = document.createElement('span')
    row.dataset.from = from
    at.textContent = time
    what.textContent = from === 'wallet' ? (text.charAt(0) + text.slice(1).toLowerCase().replaceAll('_', ' ')).replace(/^Pin\b/, 'PIN') : text
    row.append(at, what)
    return row
  })
  $('journal').replaceChildren(...rows)
}

/* Shows the time of the phone's clock, which the switches can move. */
function tell() {
  const now = new Date(Date.now() + (state?.aheadMs ?? 0)).toISOString().slice(11, 16)
  for (const clock of document.querySelectorAll('[data-clock]')) if (clock.textContent !== now) clock.textContent = now
  authenticate()
}
setInterval(tell, 1000)

function show(place, words) {
  place.textContent = words
  place.classList.add('isShown')
  clearTimeout(place.timer)
  place.timer = setTimeout(() => place.classList.remove('isShown'), 2600)
}

function lost(words) {
  $('status').textContent = words
  $('dot').dataset.kind = 'lost'
}

/* A finger. While a move waits to be sent, later moves replace it. */
let moved = null
const at = event => {
  const box = screen.getBoundingClientRect()
  return { x: (event.clientX - box.left) * screen.width / box.width, y: (event.clientY - box.top) * screen.height / box.height }
}
screen.onpointerdown = event => {
  screen.setPointerCapture(event.pointerId)
  act('touch', { action: 0, ...at(event) })
}
screen.onpointermove = event => {
  if (!event.buttons) return
  const isWaiting = moved
  moved = at(event)
  if (!isWaiting) line = line.then(() => { const to = moved; moved = null; return fetch(`do/touch?${new URLSearchParams({ action: 2, ...to })}`, { method: 'POST' }) }).catch(() => {})
}
screen.onpointerup = event => act('touch', { action: 1, ...at(event) })
screen.onpointercancel = event => act('touch', { action: 3, ...at(event) })
screen.addEventListener('wheel', event => {
  event.preventDefault()
  act('scroll', { ...at(event), notches: -Math.sign(event.deltaY) })
}, { passive: false })

/* The keyboard: keys go to the phone, unless another element of the page has the focus. */
onkeydown = event => {
  const isOurs = document.activeElement === document.body || document.activeElement === screen
  if (!isOurs || event.ctrlKey || event.metaKey || event.altKey || !state) return
  if (state.isAsked) { if (event.key === 'Escape') act('sheetCancel'); return }
  if (state.isAway || state.isOff) { if (event.key === 'Enter') act(state.isOff ? 'off' : 'open', state.isOff ? { on: false } : {}); return }
  if (event.key in KEYS) act('key', { code: KEYS[event.key] })
  else if (event.key.length === 1) act('type', { text: event.key })
  else return
  event.preventDefault()
}
$('typing').oninput = event => {
  // While an input method composes text, send nothing; `compositionend` sends the result.
  if (event.isComposing) return
  if (event.inputType === 'deleteContentBackward') act('key', { code: KEYS.Backspace })
  else if (event.data) act('type', { text: event.data })
  event.target.value = ''
}
$('typing').addEventListener('compositionend', event => {
  if (event.data) act('type', { text: event.data })
  event.target.value = ''
})
$('typing').onkeydown = event => { if (KEYS[event.key] && event.key !== 'Escape') act('key', { code: KEYS[event.key] }) }

/* Everything else is a button. */
document.addEventListener('click', event => {
  const button = event.target.closest('[data-do]')
  if (!button) return event.target.id === 'sheet' && act('sheetCancel')
  const { do: what, toggle, on, ms, scale, number, what: order, fields } = button.dataset
  const values = {}
  if (toggle) values.on = !(state?.[toggle] ?? state?.configuration[toggle])
  if (on) values.on = on
  if (ms) values.ms = ms
  if (scale) values.scale = scale
  if (number) values.number = number
  if (order) values.what = order
  for (const field of fields?.split(' ') ?? []) values[field] = $(field).value
  act(what, values)
  if (event.detail) button.blur()
})
addEventListener('resize', fit)
fit()
follow('frame', draw)
follow('state', async answer => take(await answer.json()))
