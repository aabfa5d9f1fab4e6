import type { ConfigSpec } from 'unroll/config'

const config: ConfigSpec = {
  title: '展开：可以运行的循环神经网络',
  // 核心库不记得上一个单元做过什么。
  stateless: ['src/rnn'],
  books: [
    {
      dir: 'zh',
      lang: 'zh-CN',
      title: '展开：可以运行的循环神经网络',
      subtitle: '每一个论断都是一次实验，每一个数字都当场算出',
      description:
        '从“什么是循环神经网络”讲到梯度为什么会消失。书里的公式、图和数字都由页面上的 TypeScript 代码得出；流行教程中说错的地方，也用实验指出来。',
    },
    {
      dir: 'en',
      lang: 'en',
      title: 'Unrolled: recurrent networks you can run',
      subtitle: 'Every claim an experiment, every number computed on its page',
      description:
        'What a recurrent network is and why its gradients vanish, shown by code that runs. The English edition follows the Chinese one, chapter by chapter.',
      translates: 'zh',
    },
    {
      dir: 'guide',
      lang: 'zh-CN',
      title: '作者指南',
      subtitle: '怎样写一章会运行的书',
      description: '每一种写法都配一个能运行的例子，因此这本指南本身也不会过时。',
    },
  ],
}

export default config
